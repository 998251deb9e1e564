"""Views: one blueprint a noun."""
