using System.Runtime.InteropServices;

namespace Examples.Common;

/// <summary>
/// SIGINT (Ctrl+C) and SIGTERM, caught from its construction on: the first one cancels <see cref="Token"/>, so that what is finished can be
/// kept; a second one ends the process at once, as without this.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class Interruption : IDisposable
{
    private const int Cancelled = 130;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _code;

    /// <summary>Begins to catch the signals.</summary>
    public Interruption()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Catch),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Catch),
        ];
    }

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Runs an example's program and gives the code that shells expect of one that a signal ended: 130 or 143.</summary>
    /// <param name="program">Takes <see cref="Token"/> and returns its exit code, 130 where it was cancelled.</param>
    public int Run(Func<CancellationToken, int> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        int code = program(Token);
        return code == Cancelled && _code != 0 ? _code : code;
    }

    /// <summary>Leaves the signals to the process again.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Catch(PosixSignalContext context)
    {
        int code = context.Signal == PosixSignal.SIGTERM ? Cancelled + 13 : Cancelled;
        if (Interlocked.CompareExchange(ref _code, code, 0) == 0)
        {
            context.Cancel = true;
            _source.Cancel();
        }
    }
}
