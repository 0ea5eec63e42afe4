using System.Globalization;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
using Distillation.Keras.State;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>
/// A distillation that is cancelled at any step and goes on from its state gives the student that the uninterrupted one gives: bit for bit.
/// </summary>
public sealed class FitStateTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);
    private static readonly Model Teacher = Toy.Teacher();

    private static readonly Setting[] Settings =
    [
        new("labels and teacher", d => d.WithStudent(Toy.Mlp(dropout: 0.3))),
        new("batch normalisation, metrics", d => d.WithStudent(Toy.Normalized()).WithMetrics("top_k_categorical_accuracy")),
        new("born again", d => d),
        new("a learnt temperature", d => d.WithStudent(Toy.Mlp()).WithTemperature(new LearntTemperature())),
        new("augmentation", d => d.WithStudent(Toy.Mlp()).WithAugmentation(new GaussianNoise(0.3))),
        new("augmentation with a seed of its own", d => d.WithStudent(Toy.Mlp()).WithAugmentation(new GaussianNoise(0.3, seed: 5))),
        new("a schedule", d => d.WithStudent(Toy.Mlp()).WithSoftLossWeight(new CosineSchedule(1, 0))),
        new(
            "features with memories of the samples",
            d =>
                d.WithStudent(
                        new Sequential(new Input(Toy.Width), Toy.Dense(6, 1, "relu", name: "hidden"), Toy.Dense(Toy.Classes, 2, "softmax"))
                    )
                    .With(
                        new ContrastiveRepresentationDistillation(
                            Teacher.Layers[^2].Name,
                            "hidden",
                            embeddingSize: 3,
                            negativesPerAnchor: 4
                        ),
                        0.1
                    )
        ),
    ];

    [TestCaseSource(nameof(Settings))]
    public void A_distillation_goes_on_as_if_it_had_not_been_interrupted(Setting setting)
    {
        string whole = setting.Run([]);
        for (int step = 1; step < 15; step++)
        {
            Assert.That(setting.Run([step]), Is.EqualTo(whole), $"interrupted after {step} steps");
        }

        Assert.That(setting.Run([2, 3, 9]), Is.EqualTo(whole), "interrupted three times");
    }

    /// <summary>How it is distilled.</summary>
    public sealed record Setting(string Name, Func<Distiller, Distiller> Of)
    {
        public string Run(int[] interruptions)
        {
            var queue = new Queue<int>(interruptions);
            FitState? state = null;
            int steps = 0;
            while (true)
            {
                using var source = new CancellationTokenSource();
                int next = queue.TryDequeue(out int given) ? given : int.MaxValue;
                var cancel = new LambdaCallback(
                    on_train_batch_end: (_, _) =>
                    {
                        if (++steps >= next)
                        {
                            source.Cancel();
                        }
                    }
                );

                // Nothing but the state is left of what was interrupted.
                Distiller distiller = Of(new Distiller(Teacher).WithSeed(7)).WithCallbacks(cancel);
                try
                {
                    DistillationResult result = distiller.Fit(
                        X,
                        Y,
                        batch_size: 12,
                        epochs: 3,
                        verbose: 0,
                        validation_split: 0.1,
                        state: state,
                        cancellationToken: source.Token
                    );
                    return string.Join(
                        ' ',
                        Toy.Values(result.Student)
                            .Concat(result.History.Names.SelectMany(n => result.History[n]))
                            .Select(v => v.ToString("R", CultureInfo.InvariantCulture))
                    );
                }
                catch (FitCanceledException e)
                {
                    state = e.State;
                }
            }
        }

        public override string ToString() => Name;
    }
}
