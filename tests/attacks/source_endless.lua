-- A script that loops while it is loaded.
-- as: source
-- ends: fuel
return 'while true do end return {}'
