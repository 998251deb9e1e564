"""Fairplace, the web application: kernel, domains, access and pages."""
