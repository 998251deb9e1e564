"""Enquiries: several providers asked at once about a child whom they cannot recognise."""
