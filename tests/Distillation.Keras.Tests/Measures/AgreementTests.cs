using Distillation.Keras.Measures;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Measures;

/// <summary>How much a student is like its teacher, against numbers worked out by hand.</summary>
public class AgreementTests
{
    // Rows of logarithms: softmax gives the probabilities back.
    private static readonly double[,] Teacher =
    {
        { 0.5, 0.25, 0.25 },
        { 0.1, 0.8, 0.1 },
        { 0.2, 0.2, 0.6 },
    };
    private static readonly double[,] Student =
    {
        { 0.25, 0.5, 0.25 },
        { 0.2, 0.6, 0.2 },
        { 0.2, 0.2, 0.6 },
    };

    private static double Forward =>
        ((0.5 * Math.Log(2)) + (0.25 * Math.Log(0.5)) + (0.2 * Math.Log(0.5)) + (0.8 * Math.Log(0.8 / 0.6))) / 3;

    private static double Reverse => ((0.25 * Math.Log(0.5)) + (0.5 * Math.Log(2)) + (0.4 * Math.Log(2)) + (0.6 * Math.Log(0.6 / 0.8))) / 3;

    [Test]
    public void Logits_and_probabilities_give_the_numbers_of_the_formulas()
    {
        Check(Agreement.FromProbabilities(Teacher, Student), 1e-15);
        Check(Agreement.FromLogits(Log(Teacher, 7), Log(Student, -3)), 1e-14);
    }

    [Test]
    public void Arrays_of_float32_are_computed_in_float64()
    {
        using NDArray teacher = np.array(Teacher).astype(np.float32);
        using NDArray student = np.array(Student).astype(np.float32);

        Check(Agreement.FromProbabilities(teacher, student), 1e-7);
    }

    [Test]
    public void A_probability_of_zero_adds_nothing_where_the_other_is_zero_or_it_is_its_own()
    {
        Agreement agreement = Agreement.FromProbabilities(
            new double[,]
            {
                { 1, 0, 0 },
            },
            new double[,]
            {
                { 0.5, 0.5, 0 },
            }
        );

        Assert.That(agreement.TeacherToStudentDivergence, Is.EqualTo(Math.Log(2)).Within(1e-15));
        Assert.That(agreement.StudentToTeacherDivergence, Is.EqualTo(double.PositiveInfinity));
        Assert.That(agreement.TotalVariation, Is.EqualTo(0.5));
    }

    [Test]
    public void Extreme_logits_stay_finite()
    {
        Agreement agreement = Agreement.FromLogits(
            new float[,]
            {
                { 1000, -1000 },
            },
            new float[,]
            {
                { -1000, 1000 },
            }
        );

        Assert.That(agreement.TeacherToStudentDivergence, Is.EqualTo(2000));
        Assert.That(agreement.StudentToTeacherDivergence, Is.EqualTo(2000));
        Assert.That(agreement.TotalVariation, Is.EqualTo(1));
    }

    [Test]
    public void Bad_arrays_are_refused_with_what_is_wrong()
    {
        float[,] good =
        {
            { 1, 2 },
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () =>
                    Agreement.FromLogits(
                        good,
                        new float[,]
                        {
                            { 1, 2, 3 },
                        }
                    ),
                Throws.ArgumentException.With.Message.Contains("(1, 2) and (1, 3)")
            );
            Assert.That(
                () =>
                    Agreement.FromLogits(
                        good,
                        new float[,]
                        {
                            { 1, float.NaN },
                        }
                    ),
                Throws.ArgumentException.With.Message.Contains("1 of the 2 numbers of studentLogits")
            );
            Assert.That(
                () => Agreement.FromLogits(new float[0, 3], new float[0, 3]),
                Throws.ArgumentException.With.Message.Contains("empty")
            );
            Assert.That(
                () => Agreement.FromLogits(new float[] { 1, 2 }, new float[] { 1, 2 }),
                Throws.ArgumentException.With.Message.Contains("(samples, classes)")
            );
            Assert.That(
                () =>
                    Agreement.FromLogits(
                        new float[,]
                        {
                            { 1 },
                        },
                        new float[,]
                        {
                            { 2 },
                        }
                    ),
                Throws.ArgumentException.With.Message.Contains("at least 2 classes")
            );
            Assert.That(
                () => Agreement.FromProbabilities(Teacher, Log(Student, 0)),
                Throws.ArgumentException.With.Message.Contains("studentProbabilities").And.Message.Contains("FromLogits")
            );
            Assert.That(
                () =>
                    Agreement.FromProbabilities(
                        new double[,]
                        {
                            { 1.5, -0.5 },
                        },
                        new double[,]
                        {
                            { 0.5, 0.5 },
                        }
                    ),
                Throws.ArgumentException.With.Message.Contains("not negative")
            );
            Assert.That(() => Agreement.FromLogits(null!, good), Throws.ArgumentNullException);
        }
    }

    [Test]
    public void Nothing_stays_in_memory()
    {
        using DisposeScope scope = NewDisposeScope();
        long left = LiveTensors.LeftBy(() =>
        {
            Agreement.FromLogits(Teacher, Student);
            Calibration.FromLogits(Teacher, new[] { 0, 1, 2 });
            McNemarTest.FromPredictions(new[] { 0, 1 }, new[] { 1, 1 }, new[] { 0, 1 });
        });

        Assert.That(left, Is.Zero);
    }

    private static void Check(Agreement agreement, double within)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(agreement.Samples, Is.EqualTo(3));
            Assert.That(agreement.Top1, Is.EqualTo(2.0 / 3).Within(1e-15));
            Assert.That(agreement.TeacherToStudentDivergence, Is.EqualTo(Forward).Within(within));
            Assert.That(agreement.StudentToTeacherDivergence, Is.EqualTo(Reverse).Within(within));
            Assert.That(agreement.TotalVariation, Is.EqualTo((0.25 + 0.2) / 3).Within(within));
            Assert.That(agreement.ToString(), Does.Contain("66.67"));
        }
    }

    private static double[,] Log(double[,] probabilities, double shift)
    {
        double[,] logits = new double[probabilities.GetLength(0), probabilities.GetLength(1)];
        for (int i = 0; i < logits.GetLength(0); i++)
        {
            for (int j = 0; j < logits.GetLength(1); j++)
            {
                logits[i, j] = Math.Log(probabilities[i, j]) + shift;
            }
        }

        return logits;
    }
}
