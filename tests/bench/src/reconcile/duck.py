"""duck.py FILE: the same work in DuckDB, one thread. Prints CPU seconds, customers, orders, cents."""
import sys
import time

import duckdb

COLUMNS = (
    "{id: 'VARCHAR', __parentId: 'VARCHAR', name: 'VARCHAR', updatedAt: 'VARCHAR', processedAt: 'VARCHAR', "
    "test: 'BOOLEAN', amountSpent: 'STRUCT(currencyCode VARCHAR)', "
    "netPaymentSet: 'STRUCT(shopMoney STRUCT(amount DECIMAL(18,2)))', "
    "refunds: 'STRUCT(totalRefundedSet STRUCT(shopMoney STRUCT(amount DECIMAL(18,2))))[]'}"
)
QUERY = f"""
with lines as (
    select id, __parentId, name, updatedAt, processedAt, test, amountSpent.currencyCode as currency,
        netPaymentSet.shopMoney.amount as net,
        list_filter(list_transform(refunds, lambda r: r.totalRefundedSet.shopMoney.amount), lambda a: a <> 0) as back
    from read_json($file, format = 'newline_delimited', columns = {COLUMNS})
), customers as (
    select coalesce(__parentId, id) as customer, max(currency) as currency, max(updatedAt) as updated,
        count(*) filter (test = false) as orders,
        coalesce(sum(net) filter (test = false), 0) as spent,
        coalesce(sum(len(back)) filter (test = false), 0) as refunds,
        coalesce(sum(list_sum(back)) filter (test = false), 0) as refunded,
        max((processedAt, id, name)) filter (test = false) as newest
    from lines group by all
), buckets as (
    select hash(customer) % 1024 as bucket, count(*) as customers, sum(orders) as orders, sum(spent) as spent,
        sum(hash(customer, currency, orders, spent, refunds, refunded, newest)) as checksum, max(updated) as updated
    from customers group by bucket
)
select sum(customers), sum(orders), sum(spent) * 100, sum(checksum), max(updated) from buckets
"""

connection = duckdb.connect()
connection.execute("set threads = 1")
connection.execute("set preserve_insertion_order = false")
before = time.process_time()
customers, orders, cents, _, _ = connection.execute(QUERY, {"file": sys.argv[1]}).fetchone()
print(time.process_time() - before, int(customers), int(orders), int(cents))
