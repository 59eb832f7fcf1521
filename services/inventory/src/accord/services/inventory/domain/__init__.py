"""Items, their stock, and reservations: rules that know no database and no wire."""
