import CSQLite
import Glibc

/// Starts a thread that runs `body` once.
func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
  final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  // Linux takes 15 octets.
  let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body)).toOpaque()
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { start in
      guard let start else { return nil }
      let taken = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
      csqlite_name_thread(taken.name)
      taken.body()
      return nil
    }, start)
  precondition(code == 0, "no thread for SQLite: \(String(cString: strerror(code)))")
  pthread_detach(thread)
}
