"""Payments, receipts, wallets and the ledger: what holds of them, whatever stores or calls them."""
