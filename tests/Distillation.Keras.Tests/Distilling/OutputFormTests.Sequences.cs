using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;

namespace Distillation.Keras.Tests.Distilling;

/// <content>Sequences and their masks.</content>
public partial class OutputFormTests
{
    [TestCase(SequenceReduction.Tokens)]
    [TestCase(SequenceReduction.SequenceSum)]
    [TestCase(SequenceReduction.SequenceMean)]
    [TestCase(SequenceReduction.AllTokens)]
    public void Sequences_are_distilled_token_by_token_and_masked_tokens_do_not_count(SequenceReduction reduction)
    {
        const int N = 4,
            Time = 3;
        Sequential Tagger(int seed) => new(new Input(shape: (Time, Toy.Width)), Toy.Dense(Toy.Classes, seed, "softmax"));
        Sequential teacher = Tagger(1);
        Sequential student = Tagger(2);
        float[,,] x = new float[N, Time, Toy.Width];
        var random = new Random(5);
        int[,] y = new int[N, Time];
        float[,] mask =
        {
            { 1, 1, 0 },
            { 1, 0, 0 },
            { 1, 1, 1 },
            { 0, 1, 1 },
        };
        for (int i = 0; i < N; i++)
        {
            for (int t = 0; t < Time; t++)
            {
                y[i, t] = random.Next(Toy.Classes);
                for (int j = 0; j < Toy.Width; j++)
                {
                    x[i, t, j] = (float)((random.NextDouble() * 2) - 1);
                }
            }
        }

        DistillationResult result = Still(teacher, student)
            .WithTemperature(2)
            .WithSequenceReduction(reduction)
            .Fit(x, y, epochs: 1, batch_size: N, verbose: 0, shuffle: false, mask: mask);

        double[] z = Toy.Predict(student.PopSoftmax(), x);
        double[] v = Toy.Predict(teacher.PopSoftmax(), x);
        double hard = 0,
            soft = 0,
            right = 0;
        for (int i = 0; i < N; i++)
        {
            double own = Enumerable.Range(0, Time).Sum(t => mask[i, t]);
            for (int t = 0; t < Time; t++)
            {
                if (mask[i, t] == 0)
                {
                    continue;
                }

                double share = reduction switch
                {
                    SequenceReduction.Tokens => 1 / 8.0,
                    SequenceReduction.SequenceSum => 1.0 / N,
                    SequenceReduction.SequenceMean => 1 / (own * N),
                    _ => 1.0 / (N * Time),
                };
                double[] zRow = z[(((i * Time) + t) * 4)..][..4];
                double[] vRow = v[(((i * Time) + t) * 4)..][..4];
                hard -= share * LogSoftmax(zRow, 1)[y[i, t]];
                soft -= share * 4 * LogSoftmax(vRow, 2).Zip(LogSoftmax(zRow, 2), (p, q) => Math.Exp(p) * q).Sum();
                right += Array.IndexOf(zRow, zRow.Max()) == y[i, t] ? 1 / 8.0 : 0;
            }
        }

        Assert.That(result.History["hard_loss"][0], Is.EqualTo(hard).Within(1e-5 * hard));
        Assert.That(result.History["soft_loss"][0], Is.EqualTo(soft).Within(1e-5 * soft));
        Assert.That(result.History["accuracy"][0], Is.EqualTo(right).Within(1e-6));
        Assert.That(result.Evaluate(x, y, mask: mask).Student.Accuracy, Is.EqualTo(right).Within(1e-6));
        Assert.That(result.Evaluate(x, y, mask: mask).Samples, Is.EqualTo(8));
    }

    [Test]
    public void A_mask_is_checked()
    {
        var tagger = new Sequential(new Input(shape: (3, Toy.Width)), Toy.Dense(Toy.Classes, 1, "softmax"));
        var distiller = new Distiller(tagger);
        float[,,] x = new float[4, 3, Toy.Width];
        int[,] y = new int[4, 3];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => distiller.Fit(x, y, verbose: 0, mask: new float[4, 2]),
                Throws.ArgumentException.With.Message.Contains("(4, 3)")
            );
            Assert.That(
                () => distiller.Fit(x, y, verbose: 0, mask: new float[4, 3]),
                Throws.ArgumentException.With.Message.Contains("false for all")
            );
            Assert.That(() => distiller.Fit(x, new int[4, 2], verbose: 0), Throws.ArgumentException.With.Message.Contains("(4, 3)"));
            Assert.That(
                () => new Distiller(Toy.Mlp()).Fit(X, Y, verbose: 0, mask: new float[50, 1]),
                Throws.ArgumentException.With.Message.Contains("sample_weight")
            );
        }
    }
}
