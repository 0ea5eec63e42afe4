namespace Examples.Common;

/// <summary>
/// A table of patients with and without a disease of the heart, made up, with some of the columns of the Cleveland Clinic's: numbers
/// (<c>age</c>, <c>trestbps</c>, <c>chol</c>, <c>thalach</c>, <c>oldpeak</c>), categories as integers (<c>sex</c>, <c>cp</c>), and one as
/// strings (<c>thal</c>). Each column adds to the odds of the disease, and chance decides, so that nobody can be right about all.
/// </summary>
/// <remarks>Immutable. The same seed gives the same table. It says nothing of real patients.</remarks>
public sealed class Patients
{
    // The security of random numbers is of no concern to an example.
#pragma warning disable CA5394

    private static readonly string[] ThalNames = ["fixed", "normal", "reversible"];
    private static readonly double[] ThalOdds = [0.8, -1.2, 1.6];
    private static readonly double[] CpOdds = [-1.6, -1.0, -0.4, 1.6];

    /// <summary>Makes a table.</summary>
    /// <param name="count">The number of patients.</param>
    /// <param name="seed">What fixes it.</param>
    public Patients(int count, int seed)
        : this(count, new Random(seed)) { }

    private Patients(int count, Random random)
    {
        var age = new float[count];
        var trestbps = new float[count];
        var chol = new float[count];
        var thalach = new float[count];
        var oldpeak = new float[count];
        var sex = new long[count];
        var cp = new long[count];
        var thal = new string[count];
        Target = new int[count];
        int right = 0;
        for (int i = 0; i < count; i++)
        {
            double odds = -1.0;
            age[i] = Number(mean: 54, deviation: 9, weight: 0.9);
            trestbps[i] = Number(mean: 132, deviation: 18, weight: 0.6);
            chol[i] = Number(mean: 246, deviation: 50, weight: 0.5);
            thalach[i] = Number(mean: 150, deviation: 22, weight: -1.2);
            oldpeak[i] = Number(mean: 1.5, deviation: 1.0, weight: 1.2);
            sex[i] = random.Next(2);
            cp[i] = random.Next(1, 5);
            int kind = random.Next(ThalNames.Length);
            thal[i] = ThalNames[kind];
            odds += (sex[i] == 1 ? 0.7 : -0.7) + CpOdds[cp[i] - 1] + ThalOdds[kind];
            Target[i] = random.NextDouble() < 1 / (1 + Math.Exp(-1.5 * odds)) ? 1 : 0;
            right += odds > 0 == (Target[i] == 1) ? 1 : 0;

            float Number(double mean, double deviation, double weight)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                odds += weight * normal;
                return (float)Math.Round(mean + deviation * normal, 1);
            }
        }

        BestAccuracy = right / (double)count;
        Features = new Dictionary<string, Array>
        {
            ["age"] = age,
            ["sex"] = sex,
            ["cp"] = cp,
            ["trestbps"] = trestbps,
            ["chol"] = chol,
            ["thalach"] = thalach,
            ["oldpeak"] = oldpeak,
            ["thal"] = thal,
        };
    }

    /// <summary>The number of patients.</summary>
    public int Count => Target.Length;

    /// <summary>The columns by name: <c>float[]</c>, <c>long[]</c> or <c>string[]</c>.</summary>
    public Dictionary<string, Array> Features { get; }

    /// <summary>1 for a patient with the disease, else 0.</summary>
#pragma warning disable CA1819 // As models take it.
    public int[] Target { get; }
#pragma warning restore CA1819

    /// <summary>The share of patients of whom who knows the odds guesses rightly: nobody does better but by luck.</summary>
    public double BestAccuracy { get; }

    /// <summary>Makes a table to train on, and another to test with.</summary>
    /// <param name="training">The number of patients to train on.</param>
    /// <param name="test">The number to test with.</param>
    /// <param name="seed">What fixes them.</param>
    public static (Patients Training, Patients Test) MakeSplit(int training, int test, int seed)
    {
        var random = new Random(seed);
        return (new Patients(training, random), new Patients(test, random));
    }
}
