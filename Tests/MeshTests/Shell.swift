import Subprocess

/// Runs a shell command and returns what it printed; one that takes more than a minute is ended.
func shell(_ command: String) throws -> String {
  try Subprocess.run(["timeout", "-k", "1", "60", "/bin/sh", "-c", "exec 2>&1; " + command]).outputText
}
