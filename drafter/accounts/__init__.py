"""Who may do what: people and their roles, passwords, sessions, and the store as one person may use it."""
