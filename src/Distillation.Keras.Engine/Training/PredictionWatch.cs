using Distillation.Keras.Callbacks;

namespace Distillation.Keras.Training;

/// <summary>Who watches a prediction: the progress line, and callbacks. It is for one prediction, and then disposed.</summary>
internal sealed class PredictionWatch : IDisposable
{
    private readonly Model _model;
    private readonly int _verbose;
    private readonly Callback[] _given;
    private readonly ProgressBar? _progress;
    private CallbackList? _callbacks;
    private bool _hasEnded;

    /// <summary>Nothing is told before <see cref="Begin"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="verbose">0: silent, 1: a progress line, 2: one line.</param>
    /// <param name="callbacks">The callbacks, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">One of them is null.</exception>
    public PredictionWatch(Model model, int verbose, IEnumerable<Callback>? callbacks)
    {
        _model = model;
        _verbose = verbose;
        _given = [.. callbacks ?? []];
        if (_given.Contains(null!))
        {
            throw new ArgumentException("One of the callbacks is null.", nameof(callbacks));
        }

        _progress = verbose == 0 ? null : ProgressBar.OfSteps(verbose);
    }

    /// <summary>The prediction begins.</summary>
    /// <param name="steps">How many steps it has, where that is known.</param>
    public void Begin(int? steps)
    {
        if (_given.Length > 0)
        {
            _callbacks = new CallbackList($"Predict of '{_model.Name}'", _given, _model, steps, _verbose);
        }

        _progress?.BeginSteps(_model, steps);
        _callbacks?.PredictBegin();
    }

    /// <summary>A step begins.</summary>
    public void BeginStep(int step) => _callbacks?.PredictBatchBegin(step);

    /// <summary>A step was made.</summary>
    public void EndStep(int step)
    {
        _callbacks?.PredictBatchEnd(step);
        _progress?.EndStep(step);
    }

    /// <summary>All steps were made.</summary>
    public void End()
    {
        _progress?.EndSteps();
        _callbacks?.PredictEnd();
        _hasEnded = true;
    }

    /// <summary>Where it has not ended, an exception has ended it.</summary>
    public void Dispose()
    {
        _progress?.Dispose();
        if (!_hasEnded)
        {
            _callbacks?.Interrupted();
        }

        _callbacks?.Dispose();
    }
}
