test("a value stays as it is, whoever asks", function(net)
  net:put("record", "read_only.lua", { value = "signed" })
  for _, user in ipairs({ "", "alice", "admin" }) do
    local client = net:client({ user = user })
    expect.fails("refused", client.set, client, "record", "forged")
    expect.fails("refused", client.command, client, "APPEND", "record", "!")
    expect.fails("refused", client.command, client, "GETDEL", "record")
    expect.equal(client:del("record"), 0)
  end
  expect.fails("refused", net.put, net, "record", "return { value = 'forged' }")
  expect.equal(net:get("record"), "signed")
  expect.equal(net:call("record", "held_until"), nil)
end)

test("a value that is held for a time is an ordinary one from then on", function(net)
  net:put("record", "read_only.lua", { value = "signed", args = { 86400 } })
  expect.equal(net:call("record", "held_until"), net:now() + 86400000)
  net:advance("23h 59m")
  expect.fails("refused", net.set, net, "record", "forged")
  expect.equal(net:del("record"), 0)
  net:advance("1m")
  net:set("record", "amended")
  expect.equal(net:get("record"), "amended")
  expect.equal(net:del("record"), 1)
end)

test("the hold lasts over the restart of a node", function(net)
  net:put("record", "read_only.lua", { value = "signed", args = { 3600 } })
  net:node(1):kill()
  net:node(1):start()
  local client = net:client({ node = 1 })
  expect.fails("refused", client.set, client, "record", "forged")
  expect.equal(client:get("record"), "signed")
end)

test("a time that is none is not stored and says what it takes", function(net)
  for _, seconds in ipairs({ "0", "-1", "ever" }) do
    expect.fails("ARG 1 is for how many seconds", net.put, net, "record", "read_only.lua",
      { value = "x", args = { seconds } })
  end
  expect.equal(net:inspect("record"), nil)
end)
