import Glibc

/// Runs Taskmesh on one machine: `local-mesh --bin DIR`, as `ops/up` calls it.
@main
struct LocalMesh {
  static func main() async {
    let mesh: MeshProcess
    do {
      mesh = try MeshProcess(try Options(CommandLine.arguments.dropFirst()))
    } catch {
      fail("\(error)", code: 64)
    }
    do {
      try await mesh.run()
    } catch {
      fail("\(error)", code: 1)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    let text = Array("local-mesh: \(message)\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    exit(code)
  }
}
