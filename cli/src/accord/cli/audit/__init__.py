"""The audit: does what the three services, the provider's book and the coordinator say fit together, at this moment?"""
