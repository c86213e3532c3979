local peers_count = 190

local function uniform(net)
  return net:random(1000000) / 1000000
end

local function normal(net)
  return math.sqrt(-2 * math.log(uniform(net))) * math.cos(2 * math.pi * uniform(net))
end

-- Peers in a square of 120 by 120 ms, each with a way of its own to the network, 2 to 22 ms. What
-- is measured is off by 15 % (standard deviation of the logarithm).
local function draw_peers(net)
  local peers = {}
  for i = 1, peers_count do
    peers[i] = {
      at_x = 120 * uniform(net), at_y = 120 * uniform(net), access = 2 + 20 * uniform(net),
      x = uniform(net), y = uniform(net), height = 1, error = 1,
    }
  end
  return peers
end

local function round_trip(a, b)
  return math.sqrt((a.at_x - b.at_x) ^ 2 + (a.at_y - b.at_y) ^ 2) + a.access + b.access
end

-- Vivaldi in two dimensions and a height: a moves by what it measured to b.
local function observe(a, b, measured)
  local dx, dy = a.x - b.x, a.y - b.y
  local plane = math.sqrt(dx * dx + dy * dy)
  local foretold = plane + a.height + b.height
  local weight = a.error / (a.error + b.error)
  local off = math.abs(foretold - measured) / measured
  a.error = math.min(1, off * 0.25 * weight + a.error * (1 - 0.25 * weight))
  local force = 0.25 * weight * (measured - foretold)
  local unit = plane > 0.001 and plane or 0.001
  local part = force / math.max(foretold, 0.001)
  a.x, a.y = a.x + part * plane * dx / unit, a.y + part * plane * dy / unit
  a.height = math.max(0.1, a.height + part * (a.height + b.height))
end

local function find_coordinates(net, peers)
  for _ = 1, 200 do
    for i, a in ipairs(peers) do
      local other = net:random(peers_count)
      if other ~= i then
        observe(a, peers[other], round_trip(a, peers[other]) * math.exp(0.15 * normal(net)))
      end
    end
  end
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

local function payload_of(peer)
  return ("%.2f %.2f %.2f 6881"):format(peer.x, peer.y, peer.height)
end

-- The round trips to the peers that each of them is told of.
local function round_trips(peers, by_address, ask)
  local found = {}
  for _, peer in ipairs(peers) do
    local told = ask(peer)
    expect.equal(#told, 8)
    for _, address in ipairs(told) do
      local other = by_address[address]
      expect.truthy(other, address .. " is a peer")
      if other ~= peer then
        found[#found + 1] = round_trip(peer, other)
      end
    end
  end
  return found
end

test("the median round trip of 190 peers is a third shorter than by chance", function(net)
  local peers, by_address = draw_peers(net), {}
  find_coordinates(net, peers)
  net:put("swarm", "smart_rendezvous.lua")
  for i, peer in ipairs(peers) do
    local ip = ("10.1.%d.%d"):format(i // 200, i % 200 + 1)
    peer.client, by_address[ip .. ":6881"] = net:client({ ip = ip }), peer
    peer.client:get("swarm", { payload = payload_of(peer) })
  end
  expect.equal(net:call("swarm", "peers"), peers_count)
  local near = median(round_trips(peers, by_address, function(peer)
    return peer.client:get("swarm", { payload = payload_of(peer) })
  end))
  local chance = median(round_trips(peers, by_address, function(peer)
    return peer.client:get("swarm")
  end))
  expect.between(near / chance, 0, 0.65, "at least 35 % less")
  expect.between(net:inspect("swarm").fuel_max, 1, 20000)
end)

local function announce(net, ip, x, port)
  return net:client({ ip = ip, port = port }):get("swarm", { payload = x .. " 0 0" })
end

test("the nearest come first, and nobody is told of himself", function(net)
  net:put("swarm", "smart_rendezvous.lua", { args = { 1800, 2 } })
  expect.equal(announce(net, "10.0.0.1", 10, 1001), {})
  expect.equal(announce(net, "10.0.0.2", 30, 1002), { "10.0.0.1:1001" })
  expect.equal(announce(net, "10.0.0.3", 60, 1003), { "10.0.0.2:1002", "10.0.0.1:1001" })
  expect.equal(announce(net, "10.0.0.4", 12, 1004), { "10.0.0.1:1001", "10.0.0.2:1002" })
  expect.equal(announce(net, "10.0.0.4", 70, 1004), { "10.0.0.3:1003", "10.0.0.2:1002" })
  expect.equal(net:call("swarm", "peers"), 4)
end)

test("the height counts: a near peer behind a slow access is far", function(net)
  net:put("swarm", "smart_rendezvous.lua")
  net:client({ ip = "10.0.0.1" }):get("swarm", { payload = "1 0 90 1001" })
  net:client({ ip = "10.0.0.2" }):get("swarm", { payload = "50 0 5 1002" })
  expect.equal(announce(net, "10.0.0.3", 0, 1003), { "10.0.0.2:1002", "10.0.0.1:1001" })
end)

test("a peer that is silent for too long is told to nobody", function(net)
  net:put("swarm", "smart_rendezvous.lua", { args = { 60 } })
  announce(net, "10.0.0.1", 10, 1001)
  net:advance("50s")
  announce(net, "10.0.0.2", 20, 1002)
  net:advance("20s")
  expect.equal(announce(net, "10.0.0.3", 0, 1003), { "10.0.0.2:1002" })
  expect.equal(net:call("swarm", "peers"), 2)
end)

test("who comes when 200 are known takes the place of the one heard longest ago", function(net)
  net:put("swarm", "smart_rendezvous.lua", { args = { 86400, 20 } })
  for i = 1, 201 do
    announce(net, ("2001:db8:1111:2222:3333:4444:5555:%04x"):format(i), i, 65000)
    net:advance("1s")
  end
  expect.equal(net:call("swarm", "peers"), 200)
  local told = announce(net, "10.0.0.1", 0, 1001)
  expect.equal(told[1], "2001:db8:1111:2222:3333:4444:5555:0003:65000")
  expect.equal(net:inspect("swarm").errors, 0)
end)

test("peers are known to the node that leads after the one that died", { nodes = 3 }, function(net)
  net:put("swarm", "smart_rendezvous.lua")
  announce(net, "10.0.0.1", 10, 1001)
  local leader = net:inspect("swarm").leader
  net:node(leader):kill()
  net:advance("10s")
  local client = net:client({ node = leader % 3 + 1, ip = "10.0.0.2" })
  expect.equal(client:get("swarm", { payload = "0 0 0" }), { "10.0.0.1:1001" })
end)

test("what is no coordinate is refused and says what is one", function(net)
  net:put("swarm", "smart_rendezvous.lua")
  for _, payload in ipairs({ "", "1 2", "a b c", "1 2 -3", "1e9 0 0", "nan 0 0", "1 2 3 4 5",
    "1 2 3 123456" }) do
    expect.fails("the payload is a coordinate", net.get, net, "swarm", { payload = payload })
  end
  expect.equal(net:call("swarm", "peers"), 0)
  expect.fails("refused", net.set, net, "swarm", "forged")
  expect.fails("ARG 1 is for how many seconds", net.put, net, "other", "smart_rendezvous.lua",
    { args = { "0" } })
  expect.fails("ARG 2 is how many peers", net.put, net, "other", "smart_rendezvous.lua",
    { args = { 60, 21 } })
end)
