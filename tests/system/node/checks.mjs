// What the checks of each Node client share: the object they store, and how a run ends.
export const counter = `
local aso = { value = "first", reads = 0 }
function aso:onGet() self.reads = self.reads + 1; return self.value .. " " .. self.reads end
function aso:onUpdate(new) return new end
function aso:add(a, b) return tonumber(a) + tonumber(b) end
function aso:fail() error("on purpose") end
return aso
`;

export const [host, port] = [process.argv[2], Number(process.argv[3])];

// Runs the checks in order; the first that fails ends the process with its stack.
export async function run(checks, close, seconds = 100) {
  const deadline = setTimeout(() => fail(new Error(`not finished within ${seconds} s`)), seconds * 1000);
  try {
    for (const [name, check] of Object.entries(checks)) {
      console.log(name);
      await check();
    }
    await close();
  } catch (error) {
    fail(error);
  }
  clearTimeout(deadline);
  console.log('all checks passed');
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
