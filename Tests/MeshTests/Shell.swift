import Subprocess

/// Runs a shell command and returns what it printed.
func shell(_ command: String) throws -> String {
  try Subprocess.run(["/bin/sh", "-c", command + " 2>&1"]).outputText
}
