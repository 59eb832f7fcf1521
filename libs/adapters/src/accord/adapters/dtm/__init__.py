"""Global transactions at a DTM server, or at the embedded coordinator that speaks its protocol."""
