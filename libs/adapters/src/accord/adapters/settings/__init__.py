"""A service's settings: all from environment variables, all checked before anything is started."""
