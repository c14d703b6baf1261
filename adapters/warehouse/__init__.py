"""The warehouse: any PostgreSQL ≥ 15, embedded by default.

embedded.py   starts the embedded server in a folder and says where it listens
address.py    where a server listens, as one value; opens connections
schema.sql    the schemas raw and decisions (dbt builds the others)
"""
