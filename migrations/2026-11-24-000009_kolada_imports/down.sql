DROP TABLE kolada_parts;
DROP TABLE kolada_imports;
