"""Official data from files: one reader and one table of columns for the command, the console and the templates.

The contract is the product's import contract: kinds, columns, what is understood, and the codes of what is refused. The
way of a file: `source` opens it and tells sheets and cells, `headings` finds the columns, `reading` turns rows into
values, `stage` compares them with what is stored, `store` writes them in one transaction.
"""
