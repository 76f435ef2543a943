import EventLoop
import Glibc

/// Keeps one daemon running and its output on the terminal. Loop thread only.
final class SupervisedProcess: @unchecked Sendable {
  // @unchecked: its owner hands it to the loop and calls it there alone.
  struct Command {
    let name: String
    let executable: String
    let arguments: [String]
    let environment: [String: String]
  }

  private let loop: EventLoop
  private let command: Command
  private let output: PrefixedOutput
  private var child: ChildProcess?
  private var started = ContinuousClock.now
  private var delay: RestartDelay
  private var restart: LoopTimer?
  private var stopped: (() -> Void)?
  private var isStopping = false

  init(loop: EventLoop, command: Command, delay: RestartDelay, output: PrefixedOutput) {
    self.loop = loop
    self.command = command
    self.delay = delay
    self.output = output
  }

  func start() {
    restart = nil
    started = .now
    do {
      child = try ChildProcess(
        loop: loop, executable: command.executable, arguments: command.arguments, environment: command.environment,
        line: { [output] in output.write($0) }, exited: { [unowned self] in ended($0) })
    } catch {
      output.write("\(error)")
      startAgain()
    }
  }

  /// SIGTERM now, SIGKILL after `grace`; `done` once it has ended.
  func stop(grace: Duration, done: @escaping () -> Void) {
    isStopping = true
    restart?.cancel()
    restart = nil
    guard let child else { return done() }
    stopped = done
    child.signal(SIGTERM)
    LoopTimer(loop: loop, after: grace) { [weak self] in self?.child?.signal(SIGKILL) }
  }

  private func ended(_ status: ChildProcess.ExitStatus) {
    child = nil
    if isStopping {
      stopped?()
      stopped = nil
      return
    }
    switch status {
    case .code(let code): output.write("ended with code \(code); starting it again")
    case .signal(let signal): output.write("ended by signal \(signal); starting it again")
    }
    startAgain()
  }

  private func startAgain() {
    let pause = delay.next(afterLifeOf: started.duration(to: .now))
    restart = LoopTimer(loop: loop, after: pause) { [unowned self] in start() }
  }
}
