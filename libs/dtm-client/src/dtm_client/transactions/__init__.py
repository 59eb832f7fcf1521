"""The protocol of each transaction as conversations, without I/O: questions go out, answers come in."""
