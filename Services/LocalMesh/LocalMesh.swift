import Daemon
import EventLoop
import Glibc

/// Runs Taskmesh on one machine: `local-mesh --bin DIR`, as `ops/up` calls it.
@main
struct LocalMesh {
  static func main() async {
    // As for its daemons: whoever names itself as the parent takes the mesh along when it dies.
    if let parent = ProcessEnvironment.variables["TASKMESH_PARENT"].flatMap({ Int32($0) }) {
      guard ParentProcess.dieWith(parent) else { fail("the parent \(parent) is gone", code: 1) }
    }
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
