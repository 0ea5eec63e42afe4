using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.callbacks</c>: methods of the names that Keras has, which only make the objects of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class CallbacksModule
{
    internal CallbacksModule()
    {
    }

    /// <inheritdoc cref="Callbacks.CSVLogger.CSVLogger(string, string, bool)"/>
    public Callbacks.CSVLogger CSVLogger(string filename, string separator = ",", bool append = false) =>
        new(filename, separator, append);

    /// <inheritdoc cref="Callbacks.EarlyStopping.EarlyStopping(string, double, int, int, string, double?, bool, int)"/>
    public Callbacks.EarlyStopping EarlyStopping(
        string monitor = "val_loss",
        double min_delta = 0.0,
        int patience = 0,
        int verbose = 0,
        string mode = "auto",
        double? baseline = null,
        bool restore_best_weights = false,
        int start_from_epoch = 0) =>
        new(monitor, min_delta, patience, verbose, mode, baseline, restore_best_weights, start_from_epoch);

    /// <inheritdoc cref="Callbacks.LambdaCallback.LambdaCallback(Action{int, Logs}, Action{int, Logs}, Action{Logs}, Action{Logs}, Action{int, Logs}, Action{int, Logs})"/>
    public Callbacks.LambdaCallback LambdaCallback(
        Action<int, Logs>? on_epoch_begin = null,
        Action<int, Logs>? on_epoch_end = null,
        Action<Logs>? on_train_begin = null,
        Action<Logs>? on_train_end = null,
        Action<int, Logs>? on_train_batch_begin = null,
        Action<int, Logs>? on_train_batch_end = null) =>
        new(on_epoch_begin, on_epoch_end, on_train_begin, on_train_end, on_train_batch_begin, on_train_batch_end);

    /// <inheritdoc cref="Callbacks.LearningRateScheduler.LearningRateScheduler(Func{int, double, double}, int)"/>
    public Callbacks.LearningRateScheduler LearningRateScheduler(Func<int, double, double> schedule, int verbose = 0) =>
        new(schedule, verbose);

    /// <inheritdoc cref="Callbacks.ReduceLROnPlateau.ReduceLROnPlateau(string, double, int, int, string, double, int, double)"/>
    public Callbacks.ReduceLROnPlateau ReduceLROnPlateau(
        string monitor = "val_loss",
        double factor = 0.1,
        int patience = 10,
        int verbose = 0,
        string mode = "auto",
        double min_delta = 0.0001,
        int cooldown = 0,
        double min_lr = 0.0) =>
        new(monitor, factor, patience, verbose, mode, min_delta, cooldown, min_lr);

    /// <inheritdoc cref="Callbacks.TerminateOnNaN.TerminateOnNaN(bool)"/>
    public Callbacks.TerminateOnNaN TerminateOnNaN(bool raise_error = false) =>
        new(raise_error);
}
