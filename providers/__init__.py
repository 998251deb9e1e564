"""The directory of providers: framework, prices, evidence, offers, search and intake."""
