"""Matching children with providers: pure values in, a proven and explained result out."""
