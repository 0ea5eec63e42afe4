using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.State;

namespace Distillation.Keras.Engine.Tests.Training;

/// <content>What a source is held to, and what is refused.</content>
public sealed partial class DataSourceTests
{
    [Test]
    public void What_does_not_fit_is_refused_with_its_place()
    {
        Model model = Model();
        using (Assert.EnterMultipleScope())
        {
            Refused(() => model.Fit(Source(null), Y, verbose: 0), "y was given beside it");
            Refused(() => model.Fit(Source(null), batch_size: 4, verbose: 0), "batch_size was given beside it");
            Refused(() => model.Fit(Source(null), validation_split: 0.1, verbose: 0), "validation_split was given beside it");
            Refused(() => model.Evaluate(Source(null), sample_weight: Weights), "sample_weight was given beside it");
            Refused(() => model.Predict(Source(null), batch_size: 4), "batch_size was given beside it");
            Refused(() => model.Fit(DataSource.FromBatches(_ => []), verbose: 0), "it gave none");
            Refused(() => model.Predict(DataSource.FromBatches(_ => [])), "it gave none");
            Refused(() => model.Fit(X, Source(null), verbose: 0), "found a DataSource");
            Refused(
                () => model.Fit(Second(new float[4, 3], Rows(Y, 4)), verbose: 0),
                "Batch 1 of the source, from 0, does not fit 'linear_model': The input"
            );
            Refused(() => model.Fit(Second(Rows(X, 4), new float[3, 1]), verbose: 0), "Batch 1 of the source");
            Refused(() => model.Fit(Second(Rows(X, 4), new float[4, 2]), verbose: 0), "those of the first batch (None, 1)");
            Refused(
                () =>
                    model.Fit(
                        Second(
                            new float[,]
                            {
                                { float.NaN, 0 },
                            },
                            new float[1, 1]
                        ),
                        verbose: 0
                    ),
                "NaN or infinite"
            );
            Refused(
                () => model.Fit(DataSource.FromBatches(_ => [new DataBatch(Rows(X, 0), Rows(Y, 0), indices: [1])]), verbose: 0),
                "4 samples and 1 indices"
            );
            Refused(() => _ = new DataBatch(X, Y, indices: [3, -2]), "indices[1] is -2");
            Assert.That(() => DataSource.FromBatches(_ => [], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            int passes = 0;
            DataSource none = DataSource.FromBatches(_ => null!),
                noneLater = DataSource.FromBatches(_ => passes++ < 2 ? Batches(null) : null!);
            Assert.That(() => model.Fit(none, verbose: 0), Throws.InvalidOperationException.With.Message.Contains("gave null for pass 0"));
            Assert.That(() => model.Predict(none), Throws.InvalidOperationException.With.Message.Contains("gave null for pass 0"));
            Assert.That(
                () => model.Fit(noneLater, epochs: 2, verbose: 0),
                Throws.InvalidOperationException.With.Message.Contains("gave null for pass 1")
            );
        }
    }

    [TestCase(5, "said that a pass has 5 batches, but it gave more")]
    [TestCase(7, "said that a pass has 7 batches, but it gave only 6")]
    public void A_source_is_held_to_the_number_of_its_batches(int batches, string because)
    {
        Model model = Model();
        Action<DataSource>[] calls =
        [
            s => model.Fit(s, verbose: 0),
            s => model.Fit(X, Y, verbose: 0, validation_data: s),
            s => model.Evaluate(s),
            s => model.Predict(s),
        ];
        foreach (Action<DataSource> call in calls)
        {
            Assert.That(() => call(Source(batches)), Throws.InvalidOperationException.With.Message.Contains(because));
        }

        // Who asks for some steps alone reads no further.
        Assert.That(() => model.Evaluate(Source(7), steps: 2), Throws.Nothing);
    }

    [TestCase(6)]
    [TestCase(null)]
    public void More_steps_than_a_source_has_are_refused_whether_their_number_is_known_or_not(int? batches)
    {
        Model model = Model();
        Refused(() => model.Evaluate(Source(batches), steps: 7), "steps is at most the number of steps that the data have, which is 6");
        Refused(
            () => model.Fit(X, Y, verbose: 0, validation_data: Source(batches), validation_steps: 7),
            "validation_steps is at most the number of steps that the validation data have, which is 6"
        );
        Assert.That(model.Evaluate(Source(batches), steps: 6), Is.EqualTo(model.Evaluate(Source(batches))));
    }

    [Test]
    public void A_source_without_batches_or_with_one_that_is_null_is_refused_wherever_it_is_read()
    {
        Model model = Model();
        Action<DataSource>[] calls = [s => model.Fit(s, verbose: 0), s => model.Evaluate(s), s => model.Predict(s)];
        foreach (Action<DataSource> call in calls)
        {
            Refused(() => call(DataSource.FromBatches(_ => [null!])), "batch 0 of the pass, from 0, is null");
            Refused(() => call(DataSource.FromBatches(_ => [(Rows(X, 0), Rows(Y, 0)), null!])), "batch 1 of the pass, from 0, is null");
        }

        // The first batch was there when it was asked for its shapes, and nothing of it is there any more.
        int reads = 0;
        Refused(() => model.Evaluate(DataSource.FromBatches(_ => Batches(null).Take(reads++ == 0 ? 1 : 0))), "it gave none");
    }

    [Test]
    public void A_model_without_an_input_is_made_for_the_first_batch_of_a_prediction()
    {
        Assert.That(new Sequential(new Dense(1)).Predict(Source(null)).shape, Is.EqualTo(new[] { Samples, 1 }));
        Assert.That(new Numbered().Predict(Source(null)).shape, Is.EqualTo(new[] { Samples, 1 }));

        var refused = new Sequential(new Dense(1));
        Refused(() => refused.Predict(Second(new float[4, 3], Rows(Y, 4))), "Batch 1 of the source");
        Assert.That(refused.Built, Is.False);
    }

    [Test]
    public void A_source_that_gives_other_batches_for_the_same_pass_is_refused_when_a_fit_goes_on()
    {
        int passes = 0;
        DataSource source = DataSource.FromBatches(_ => Batches(null).Take(passes++ < 2 ? 6 : 2));
        Model model = Model();
        using var cancel = new CancellationTokenSource();
        FitState state = Assert
            .Throws<FitCanceledException>(() =>
                model.Fit(
                    source,
                    verbose: 0,
                    callbacks: [new LambdaCallback(on_train_batch_end: (b, _) => (b == 3 ? cancel.Cancel : (Action)(() => { }))())],
                    cancellationToken: cancel.Token
                )
            )!
            .State;
        Assert.That(
            () => model.Fit(source, verbose: 0, state: state),
            Throws.InvalidOperationException.With.Message.Contains("at least 4 batches before, and only 2 now")
        );
    }
}
