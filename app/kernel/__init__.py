"""The ground floor: database, rules, lifecycles, audit, clock. Imports nothing of ours."""
