-- A comparison of values without an order.
-- ends: error
return {} < 'x'
