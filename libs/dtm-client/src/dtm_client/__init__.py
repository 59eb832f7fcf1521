"""dtm-client: global transactions across gRPC services, for the DTM transaction manager."""
