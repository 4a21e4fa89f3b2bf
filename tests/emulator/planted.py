"""Fake secrets that the seed plants in the demo account, for a test to look for in everything stepwarden writes.

They are put together from pieces here: whole, they would trip secret scanners on this repository. The last six
characters of a token are the checksum that GitHub's own tokens end in, so that a detector which verifies it finds them.
"""

GITHUB_TOKEN = "gh" + "p_" + "R7mQ2xVb9TzK4nLw" + "8YcJ5sDf3HgA6p" + "31nyRd"
POSTGRES_PASSWORD = "wren" + "-Quarry" + "-8814"
POSTGRES_URI = "postgres" + "://" + "partner_sync:" + POSTGRES_PASSWORD + "@db.partners.example.com:5432/ledger"
TAG_TOKEN = "gh" + "p_" + "Z1kW6yGt3RvB8qMs" + "5UdC0jXh7PfN2a" + "1qWx3y"
# In the first version of a definition, which an alias still starts.
OLD_TOKEN = "gh" + "p_" + "N5tG8wLc3YqF6hJv" + "2XbR9kPz7SdM4u" + "0aKw7e"
DESCRIPTION_PASSWORD = "pass" + "word=" + "Harbour" + "-Lantern" + "-5307"

# In the data of executions, and in the name of one.
CUSTOMER_EMAIL = "marlene." + "hofstetter" + "@" + "kundenpost-zuerich.ch"
SHOPPER_EMAIL = "odalys." + "quintero" + "@" + "correo-clientes.es"
CUSTOMER_CARD = "4539" + "1488" + "0343" + "6467"
EXECUTION_NAME = "export-" + SHOPPER_EMAIL

ALL = (
    GITHUB_TOKEN,
    POSTGRES_PASSWORD,
    POSTGRES_URI,
    TAG_TOKEN,
    OLD_TOKEN,
    DESCRIPTION_PASSWORD,
    CUSTOMER_EMAIL,
    SHOPPER_EMAIL,
    CUSTOMER_CARD,
    EXECUTION_NAME,
)
