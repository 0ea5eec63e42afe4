using Distillation.Keras.Backend;
using Distillation.Keras.State;

namespace Distillation.Keras.Callbacks;

/// <summary>
/// Writes the state of the fit into a folder while it goes, so that the same fit, begun again after the process has ended, goes on from
/// there, and ends as if it had not been interrupted.
/// </summary>
/// <remarks>
/// <para>
/// Unlike Keras', which has weights and the epoch's number alone, it is the whole <see cref="FitState"/>: the optimizer, random numbers,
/// the place in the data, the history, what other callbacks have seen. The model, the data and the arguments are to be the same, and a
/// folder serves one fit. What is read is written to the console where <c>verbose</c> of the fit is not 0. A distillation needs a seed of
/// its own for it, as part of it is drawn before.
/// </para>
/// <para>
/// A file takes its place as a whole. Not thread-safe; one fit at a time. Source: <c>keras/src/callbacks/backup_and_restore.py</c>.
/// </para>
/// </remarks>
public sealed class BackupAndRestore : Callback
{
    private int _since;
    private int _lastEpoch;
    private int _lastStep;

    /// <inheritdoc cref="BackupAndRestore" path="/summary"/>
    /// <param name="backup_dir">The folder. It is made where there is none.</param>
    /// <param name="save_freq">
    /// <c>"epoch"</c> (the default): when an epoch is over and the next one begins; or after how many batches, counted over epochs.
    /// </param>
    /// <param name="double_checkpoint">
    /// Whether the file before the last one is kept, too, which is read where the last one is damaged.
    /// </param>
    /// <param name="delete_checkpoint">Whether the files are deleted when the fit is over.</param>
    /// <exception cref="ArgumentException">The folder has no name.</exception>
    public BackupAndRestore(
        string backup_dir,
        SaveFrequency? save_freq = null,
        bool double_checkpoint = false,
        bool delete_checkpoint = true
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(backup_dir);
        BackupDir = backup_dir;
        SaveFreq = save_freq ?? SaveFrequency.Epoch;
        DoubleCheckpoint = double_checkpoint;
        DeleteCheckpoint = delete_checkpoint;
    }

    /// <summary>The folder.</summary>
    public string BackupDir { get; }

    /// <summary>When the state is written.</summary>
    public SaveFrequency SaveFreq { get; }

    /// <summary>Whether the file before the last one is kept.</summary>
    public bool DoubleCheckpoint { get; }

    /// <summary>Whether the files are deleted when the fit is over.</summary>
    public bool DeleteCheckpoint { get; }

    private string Latest => Path.Combine(BackupDir, "latest.fitstate");

    private string Former => Path.Combine(BackupDir, "former.fitstate");

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => (_since, _lastEpoch, _lastStep) = (0, -1, 0);

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        if (DeleteCheckpoint)
        {
            File.Delete(Latest);
            File.Delete(Former);
        }
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _since = (int)state.Count("since", _since);
        _lastEpoch = (int)state.Integer("epoch", _lastEpoch);
        _lastStep = (int)state.Count("step", _lastStep);
    }

    /// <exception cref="InvalidDataException">A file is damaged, and there is none before it.</exception>
    internal override FitState? Resumed()
    {
        if (!File.Exists(Latest) && !File.Exists(Former))
        {
            return null;
        }

        FitState state;
        try
        {
            state = FitStateFile.Read(Latest);
        }
        catch (Exception e) when (e is InvalidDataException or IOException && File.Exists(Former))
        {
            state = FitStateFile.Read(Former);
        }

        if (Parameters.Verbose != 0)
        {
            Console.Out.WriteLine(
                Invariant($"BackupAndRestore: the fit goes on from '{BackupDir}', epoch {state.Epoch + 1}, step {state.Step}.")
            );
        }

        return state;
    }

    internal override void BetweenSteps(int epoch, int step, Func<FitState> take)
    {
        bool isFirst = _lastEpoch < 0;
        bool isNewEpoch = epoch > _lastEpoch;
        _since += isNewEpoch ? step : step - _lastStep;
        (_lastEpoch, _lastStep) = (epoch, step);
        if (isFirst || (SaveFreq.Batches is int batches ? _since < batches : !isNewEpoch))
        {
            return;
        }

        _since = 0;
        FitState state = take();
        Directory.CreateDirectory(BackupDir);
        if (DoubleCheckpoint && File.Exists(Latest))
        {
            File.Move(Latest, Former, overwrite: true);
        }

        SafeFile.Write(Latest, stream => FitStateFile.Write(stream, state), flushToDisk: true);
    }
}
