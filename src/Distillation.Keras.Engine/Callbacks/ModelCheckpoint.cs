using Distillation.Keras.State;

namespace Distillation.Keras.Callbacks;

/// <summary>Saves the model, or its weights, while it is trained.</summary>
/// <remarks>
/// Not thread-safe; one fit at a time. A file takes its place as a whole, so that what was there is there until then. Source:
/// <c>keras/src/callbacks/model_checkpoint.py</c>.
/// </remarks>
public sealed class ModelCheckpoint : Callback
{
    private readonly MonitoredValue _value;
    private int _epoch;
    private int _lastBatch;
    private int _batches;

    /// <inheritdoc cref="ModelCheckpoint" path="/summary"/>
    /// <param name="filepath">
    /// The file, which ends in <c>.keras</c>, or in <c>.weights.h5</c> for weights alone. It may hold <c>{epoch}</c> (from 1),
    /// <c>{batch}</c> (from 1, where it is saved after batches) and values of the logs, formatted as in Python:
    /// <c>"model.{epoch:02d}-{val_loss:.2f}.keras"</c>. Its folder is made where there is none.
    /// </param>
    /// <param name="monitor">The value that says which model is the best, by its name in the logs.</param>
    /// <param name="verbose">0: silent, 1: says what it does.</param>
    /// <param name="save_best_only">Whether it is saved only where the value is better than all before.</param>
    /// <param name="save_weights_only">Whether the weights alone are saved, with the state of the optimizer.</param>
    /// <param name="mode">
    /// <c>"min"</c>, <c>"max"</c>, or <c>"auto"</c>: a loss should become small, and a metric knows its own direction.
    /// </param>
    /// <param name="save_freq"><c>"epoch"</c> (the default), or after how many batches; these are counted over epochs.</param>
    /// <param name="initial_value_threshold">
    /// What the value must be better than to be saved at all; <see langword="null"/>: nothing.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name ends in something else, <paramref name="mode"/> is none of the three, or a number is out of its range.
    /// </exception>
    public ModelCheckpoint(
        string filepath,
        string monitor = "val_loss",
        int verbose = 0,
        bool save_best_only = false,
        bool save_weights_only = false,
        string mode = "auto",
        SaveFrequency? save_freq = null,
        double? initial_value_threshold = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(filepath);
        string[] endings = save_weights_only ? [".weights.h5"] : [".keras", ".h5"];
        if (!Array.Exists(endings, e => filepath.EndsWith(e, StringComparison.Ordinal)))
        {
            throw new ArgumentException(
                $"The filepath of a {nameof(ModelCheckpoint)} ends in "
                    + $"'{string.Join("' or '", endings)}'{(save_weights_only ? " where weights alone are saved" : string.Empty)}, "
                    + $"but found '{filepath}'.",
                nameof(filepath)
            );
        }

        Filepath = filepath;
        _value = new MonitoredValue(this, monitor, mode, 0);
        Verbose = Arguments.AtLeast(0, verbose);
        SaveBestOnly = save_best_only;
        SaveWeightsOnly = save_weights_only;
        Mode = mode;
        SaveFreq = save_freq ?? SaveFrequency.Epoch;
        Best = InitialValueThreshold = initial_value_threshold is double value
            ? Arguments.Finite(value, nameof(initial_value_threshold))
            : null;
    }

    /// <summary>The file, or the pattern of its name.</summary>
    public string Filepath { get; }

    /// <summary>The value that says which model is the best.</summary>
    public string Monitor => _value.Name;

    /// <summary>0: silent, 1: says what it does.</summary>
    public int Verbose { get; }

    /// <summary>Whether it is saved only where the value is better than all before.</summary>
    public bool SaveBestOnly { get; }

    /// <summary>Whether the weights alone are saved.</summary>
    public bool SaveWeightsOnly { get; }

    /// <summary><c>"auto"</c>, <c>"min"</c> or <c>"max"</c>.</summary>
    public string Mode { get; }

    /// <summary>When it is saved.</summary>
    public SaveFrequency SaveFreq { get; }

    /// <summary>What the value must be better than to be saved at all, or <see langword="null"/>.</summary>
    public double? InitialValueThreshold { get; }

    /// <summary>The best value of all fits with this callback, as in Keras; before any, <see cref="InitialValueThreshold"/>.</summary>
    public double? Best { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><c>mode</c> is <c>"auto"</c> and the direction of the value cannot be told.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        if (SaveBestOnly)
        {
            if (SaveFreq.Batches is not null && Monitor.StartsWith("val_", StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"A {nameof(ModelCheckpoint)} with save_best_only and a number of batches as save_freq watches a value that there is "
                        + $"after each batch, but '{Monitor}' comes at the end of an epoch. Monitor another one, or leave save_freq out."
                );
            }

            _value.Begin();
        }
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => _epoch = epoch;

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (IsDue(batch))
        {
            Save(_epoch, batch, logs);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (SaveFreq.Batches is null)
        {
            Save(epoch, null, logs);
        }
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _value.Exchange(state);
        _batches = (int)state.Count("batches", _batches);
        _lastBatch = (int)state.Count("last_batch", _lastBatch);
        Best = state.OptionalNumber("best", Best);
    }

    internal override bool WantsTrainBatch(int batch) => SaveFreq.Batches is not null;

    // Several batches may be told of at once.
    private bool IsDue(int batch)
    {
        if (SaveFreq.Batches is not int frequency)
        {
            return false;
        }

        _batches += batch <= _lastBatch ? batch + 1 : batch - _lastBatch;
        _lastBatch = batch;
        if (_batches < frequency)
        {
            return false;
        }

        _batches = 0;
        return true;
    }

    private void Save(int epoch, int? batch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        string path = CheckpointPath.Format(Filepath, epoch + 1, batch + 1, logs);
        if (!SaveBestOnly)
        {
            Write(path, epoch, "saving model to");
            return;
        }

        if (_value.Read(epoch, logs) is not double current)
        {
            return;
        }

        if (Best is double best && !_value.IsImprovement(current, best))
        {
            Say(Invariant($"Epoch {epoch + 1}: {Monitor} did not improve from {best:F5}"));
            return;
        }

        string before = Best is double former ? Invariant($"{former:F5}") : "None";
        Best = current;
        Write(path, epoch, Invariant($"{Monitor} improved from {before} to {current:F5}, saving model to"));
    }

    private void Write(string path, int epoch, string what)
    {
        Say(Invariant($"Epoch {epoch + 1}: {what} {path}"));
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        if (SaveWeightsOnly)
        {
            Model.SaveWeights(path);
        }
        else
        {
            Model.Save(path);
        }
    }

    private void Say(string text)
    {
        if (Verbose > 0)
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine(text);
        }
    }
}
