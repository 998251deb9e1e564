"""Invoices of providers, from what was delivered to what finance pays, and what was spent."""
