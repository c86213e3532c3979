-- An endless loop of jumps.
-- ends: fuel
goto on
::on::
goto on
