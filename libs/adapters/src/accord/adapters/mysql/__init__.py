"""MariaDB by asyncmy on the event loop: no thread, and statements that the server prepares once a connection."""
