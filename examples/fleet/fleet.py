#!/usr/bin/env python3
"""Asks a warehouse of exported dumps what grew, who refers to it and what holds it.

    fleet.py duckdb|spark WAREHOUSE            prints the answers
    fleet.py duckdb|spark WAREHOUSE --check    compares them with expected/, and ends with 1 where they differ
    fleet.py duckdb|spark WAREHOUSE --update   writes expected/

Both engines run the same SQL: it stands in the files beside this one.
"""

import argparse
import csv
import io
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TABLES = ["objects", "types", "refs", "roots"]
QUESTIONS = ["growth", "holders", "roots"]


class DuckDb:
    """The files as views of a database in memory."""

    def __init__(self, warehouse):
        import duckdb

        self.connection = duckdb.connect()
        for table in TABLES:
            files = str(warehouse / table / "*.parquet").replace("'", "''")
            self.connection.sql(f"create view {table} as select * from read_parquet('{files}', union_by_name = true)")

    def ask(self, sql):
        answer = self.connection.sql(sql)
        return answer.columns, answer.fetchall()


class Spark:
    """The files as views of a local session."""

    def __init__(self, warehouse):
        from pyspark.sql import SparkSession

        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.log.level": "ERROR",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
        }
        builder = SparkSession.builder.master("local[2]").appName("heapql fleet")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        for table in TABLES:
            files = self.session.read.option("mergeSchema", "true").parquet(str(warehouse / table))
            files.createOrReplaceTempView(table)

    def ask(self, sql):
        answer = self.session.sql(sql)
        return answer.columns, [tuple(row) for row in answer.collect()]


def as_csv(columns, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if value is None else str(value) for value in row] for row in rows])
    return text.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=["duckdb", "spark"])
    parser.add_argument("warehouse", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    engine = (DuckDb if arguments.engine == "duckdb" else Spark)(arguments.warehouse)
    differ = []
    for question in QUESTIONS:
        text = as_csv(*engine.ask((HERE / f"{question}.sql").read_text(encoding="utf-8")))
        expected = HERE / "expected" / f"{question}.csv"
        if arguments.update:
            expected.write_text(text, encoding="utf-8")
        elif not arguments.check:
            print(f"-- {question}\n{text}")
        elif text != expected.read_text(encoding="utf-8"):
            differ.append(question)
            print(f"{arguments.engine}: {question} differs from {expected}:\n{text}", file=sys.stderr)
        else:
            print(f"{arguments.engine}: {question} as expected")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
