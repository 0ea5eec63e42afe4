using Distillation.Keras.Callbacks;
using Distillation.Keras.State;

namespace Distillation.Keras.Training;

/// <summary>How long and how a fit goes, checked.</summary>
internal sealed record FitOptions
{
    public int Epochs { get; init; } = 1;

    public int InitialEpoch { get; init; }

    public int Verbose { get; init; }

    public bool Shuffle { get; init; } = true;

    public int? StepsPerEpoch { get; init; }

    public int StepsPerExecution { get; init; } = 1;

    public int ValidationFreq { get; init; } = 1;

    public int? ValidationSteps { get; init; }

    public int? Seed { get; init; }

    /// <summary>Where an interrupted fit stood, to go on from there.</summary>
    public FitState? State { get; init; }

    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    public CancellationToken CancellationToken { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message gives the range.</exception>
    public FitOptions Checked()
    {
        AtLeast(0, Epochs, "epochs");
        AtLeast(0, InitialEpoch, "initial_epoch");
        AtLeast(1, StepsPerEpoch, "steps_per_epoch");
        AtLeast(1, ValidationFreq, "validation_freq");
        AtLeast(1, ValidationSteps, "validation_steps");
        CheckVerbose(Verbose);
        if (State is not null && InitialEpoch != 0)
        {
            throw new ArgumentException(
                "A fit that goes on from a state begins in the epoch of that state. Leave initial_epoch out.",
                "initial_epoch"
            );
        }

        if (Callbacks.Contains(null!))
        {
            throw new ArgumentException("One of the callbacks is null.", "callbacks");
        }

        return this;
    }

    /// <summary>Refuses more steps without training than the data have: each sample is to count once.</summary>
    public static void AtMost(int? most, int? value, string name, string data)
    {
        if (value > most)
        {
            throw new ArgumentOutOfRangeException(
                name,
                value,
                Invariant(
                    $"{name} is at most the number of steps that the {data} have, which is {most}. Leave it out for one pass, or choose "
                        + $"a smaller batch size."
                )
            );
        }
    }

    /// <summary>Refuses a number that is no way of reporting.</summary>
    public static void CheckVerbose(int verbose)
    {
        if (verbose is < 0 or > 2)
        {
            throw new ArgumentOutOfRangeException(
                nameof(verbose),
                verbose,
                "verbose is 0 (silent), 1 (a progress line) or 2 (a line an epoch)."
            );
        }
    }

    /// <summary>Refuses a number that is too small.</summary>
    public static void AtLeast(int least, int? value, string name)
    {
        if (value < least)
        {
            throw new ArgumentOutOfRangeException(name, value, Invariant($"{name} is an integer of at least {least}."));
        }
    }
}
