using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>
/// Only where the loop itself ends a fit, between two steps, is there a state: what ends within a step or a callback has none that is
/// exact.
/// </summary>
internal sealed class FitCancellationTests
{
    private static readonly float[,] X =
    {
        { 1, 2 },
        { 3, 4 },
        { 5, 6 },
        { 7, 8 },
    };
    private static readonly float[,] Y =
    {
        { 1 },
        { 0 },
        { 1 },
        { 0 },
    };

    [Test]
    public void A_callback_that_looks_at_the_token_itself_cancels_without_a_state()
    {
        using var source = new CancellationTokenSource();
        Sequential model = Model();
        var own = new LambdaCallback(
            on_train_batch_end: (_, _) =>
            {
                source.Cancel();
                source.Token.ThrowIfCancellationRequested();
            }
        );
        Assert.That(
            () => model.Fit(X, Y, batch_size: 2, verbose: 0, callbacks: [own], cancellationToken: source.Token),
            Throws.TypeOf<OperationCanceledException>()
        );
    }

    [Test]
    public void Callbacks_hear_of_each_beginning_once()
    {
        // Cancelled where a step begins: the step is made, as the callbacks have heard of it.
        using var source = new CancellationTokenSource();
        var heard = new List<string>();
        Callback[] Callbacks(Action onBegin) =>
            [
                new LambdaCallback(
                    on_epoch_begin: (e, _) => heard.Add(FormattableString.Invariant($"epoch {e}")),
                    on_train_batch_begin: (b, _) =>
                    {
                        heard.Add(FormattableString.Invariant($"begin {b}"));
                        onBegin();
                    },
                    on_train_batch_end: (b, _) => heard.Add(FormattableString.Invariant($"end {b}"))
                ),
            ];
        Sequential model = Model();
        FitState state = Assert
            .Throws<FitCanceledException>(() =>
                model.Fit(X, Y, batch_size: 2, verbose: 0, callbacks: Callbacks(source.Cancel), cancellationToken: source.Token)
            )!
            .State;
        model.Fit(X, Y, batch_size: 2, verbose: 0, callbacks: Callbacks(() => { }), state: state);
        Assert.That(heard, Is.EqualTo(["epoch 0", "begin 0", "end 0", "begin 1", "end 1"]));
    }

    [Test]
    public void Names_may_hold_any_characters()
    {
        using var source = new CancellationTokenSource();
        Callback[] Callbacks() =>
            [
                new LambdaCallback(
                    on_epoch_end: (e, logs) =>
                    {
                        logs["a\nb"] = e;
                        if (e == 0)
                        {
                            source.Cancel();
                        }
                    }
                ),
            ];
        FitState state = Assert
            .Throws<FitCanceledException>(() =>
                Model().Fit(X, Y, epochs: 2, verbose: 0, callbacks: Callbacks(), cancellationToken: source.Token)
            )!
            .State;
        History history = Model().Fit(X, Y, epochs: 2, verbose: 0, callbacks: Callbacks(), state: state);
        Assert.That(history["a\nb"], Is.EqualTo([0, 1]));
    }

    [Test]
    public void A_refused_state_is_undone_where_counts_were_made_by_it()
    {
        using var source = new CancellationTokenSource();
        FitState state = Assert
            .Throws<FitCanceledException>(() =>
                WithAuc()
                    .Fit(
                        X,
                        TwoLabels(),
                        epochs: 2,
                        batch_size: 2,
                        verbose: 0,
                        callbacks: [new EarlyStopping("loss"), new LambdaCallback(on_train_batch_end: (_, _) => source.Cancel())],
                        cancellationToken: source.Token
                    )
            )!
            .State;
        Sequential other = WithAuc();
        using (Assert.EnterMultipleScope())
        {
            // What is refused comes after the metrics.
            Assert.That(
                () => other.Fit(X, TwoLabels(), epochs: 2, batch_size: 2, verbose: 0, state: state),
                Throws.ArgumentException.With.Message.Contains("EarlyStopping")
            );
            Assert.That(
                other.Fit(X, TwoLabels(), epochs: 2, batch_size: 2, verbose: 0, callbacks: [new EarlyStopping("loss")], state: state)[
                    "auc"
                ],
                Is.EqualTo(WithAuc().Fit(X, TwoLabels(), epochs: 2, batch_size: 2, verbose: 0)["auc"])
            );
        }
    }

    [Test]
    public void Tensors_that_a_source_makes_go_with_their_batch()
    {
        using var source = new ManySource();
        Model().Predict(source, verbose: 0);
        Assert.That(source.MostAlive, Is.LessThanOrEqualTo(1));
    }

    private static float[,] TwoLabels() =>
        new float[,]
        {
            { 1, 0 },
            { 0, 1 },
            { 1, 1 },
            { 0, 0 },
        };

    private static Sequential Model()
    {
        Utils.SetRandomSeed(1);
        var model = new Sequential(new Input(2), new Dense(1));
        model.Compile("sgd", "mse");
        return model;
    }

    private static Sequential WithAuc()
    {
        Utils.SetRandomSeed(1);
        var model = new Sequential(new Input(2), new Dense(2, "sigmoid"));
        model.Compile("sgd", "binary_crossentropy", metrics: new AUC(multi_label: true, name: "auc"));
        return model;
    }

    /// <summary>Counts how many of the tensors that it has made are alive when the next one is asked for.</summary>
    private sealed class ManySource : DataSource, IDisposable
    {
        private readonly List<Tensor> _made = [];

        public int MostAlive { get; private set; }

        public override int? Batches => 5;

        public override IEnumerable<DataBatch> Read(DataPass pass)
        {
            for (int i = 0; i < 5; i++)
            {
                MostAlive = Math.Max(MostAlive, _made.Count(t => !t.IsInvalid));
                Tensor x = ones(2, 2);
                _made.Add(x);
                yield return new DataBatch(x);
            }
        }

        public void Dispose() => _made.ForEach(t => t.Dispose());
    }
}
