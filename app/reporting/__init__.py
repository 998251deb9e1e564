"""Figures across the whole service: above commissioning and visits, which never meet each other."""
