import CUV
import Glibc

/// Starts threads and knows which loop a thread runs.
enum LoopThread {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0, "no thread-local key left")
    return key
  }()

  /// The loop lives as long as its thread runs: the thread's body retains it.
  static var current: EventLoop? {
    pthread_getspecific(key).map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
  }

  static func bind(_ loop: EventLoop) { pthread_setspecific(key, Unmanaged.passUnretained(loop).toOpaque()) }

  static func start(name: String, _ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(
      Body {
        _ = shim_name_thread(String(name.prefix(15)))
        body()
      }
    ).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, context)
    precondition(code == 0, "no thread for the event loop: \(String(cString: strerror(code)))")
    pthread_detach(thread)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
