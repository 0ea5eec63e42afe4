namespace Distillation.Keras.Tests.Objectives;

/// <summary>
/// The relational objectives as the papers have them, number by number in float64: what is wrong with each sample's relations to the
/// others.
/// </summary>
internal static class RelationFormulas
{
    public static double[] SimilarityPreserving(double[][] student, double[][] teacher)
    {
        double[][] s = Normalized(student);
        double[][] t = Normalized(teacher);
        return [.. s.Select((row, i) => row.Select((g, j) => (g - t[i][j]) * (g - t[i][j])).Sum() / s.Length)];

        static double[][] Normalized(double[][] x) =>
            [.. x.Select(a => x.Select(b => Dot(a, b)).ToArray()).Select(g => g.Select(v => Length(g) == 0 ? 0 : v / Length(g)).ToArray())];
    }

    public static double[] KnowledgeTransfer(double[][] student, double[][] teacher, bool isSum, double epsilon)
    {
        int b = student.Length;
        double[] rows = new double[b];
        for (int i = 0; i < b; i++)
        {
            double[] p = Conditional(teacher, i);
            double[] q = Conditional(student, i);
            rows[i] = p.Select((v, j) => v * Math.Log((v + epsilon) / (q[j] + epsilon))).Sum() * (isSum ? b : 1.0 / b);
        }

        return rows;

        double[] Conditional(double[][] x, int i)
        {
            double[] k =
            [
                .. x.Select(
                    (other, j) => isSum && i == j ? 0 : ((Dot(x[i], other) / (Length(x[i]) + epsilon) / (Length(other) + epsilon)) + 1) / 2
                ),
            ];
            return [.. k.Select(v => v / k.Sum())];
        }
    }

    public static double[] Distances(double[][] student, double[][] teacher, bool isDistinct, double delta)
    {
        int b = student.Length;
        double[] rows = new double[b];
        for (int i = 0; i < b; i++)
        {
            for (int j = 0; j < b; j++)
            {
                rows[i] +=
                    Huber(
                        Length(Minus(student[j], student[i])) / Mean(student),
                        Length(Minus(teacher[j], teacher[i])) / Mean(teacher),
                        delta
                    ) / (isDistinct ? b - 1 : b);
            }
        }

        return rows;

        double Mean(double[][] x) => x.Sum(a => x.Sum(c => Length(Minus(a, c)))) / (b * (b - 1.0));
    }

    public static double[] Angles(double[][] student, double[][] teacher, bool isDistinct, double delta)
    {
        int b = student.Length;
        double[] rows = new double[b];
        for (int i = 0; i < b; i++)
        {
            for (int j = 0; j < b; j++)
            {
                for (int k = 0; k < b; k++)
                {
                    if (!isDistinct || (i != j && i != k && j != k))
                    {
                        rows[i] +=
                            Huber(Cosine(student, i, j, k), Cosine(teacher, i, j, k), delta) / (isDistinct ? (b - 1) * (b - 2) : b * b);
                    }
                }
            }
        }

        return rows;

        static double Cosine(double[][] x, int i, int j, int k)
        {
            double[] one = Minus(x[j], x[i]);
            double[] other = Minus(x[k], x[i]);
            return Length(one) == 0 || Length(other) == 0 ? 0 : Dot(one, other) / Length(one) / Length(other);
        }
    }

    public static double[] Gaussian(double[][] student, double[][] teacher, double gamma, int order)
    {
        return
        [
            .. student.Select(
                (_, i) => student.Select((_, j) => Kernel(student, i, j) - Kernel(teacher, i, j)).Sum(d => d * d) / student.Length
            ),
        ];

        double Kernel(double[][] x, int i, int j)
        {
            double cosine = Dot(x[i], x[j]) / Length(x[i]) / Length(x[j]);
            double sum = 0;
            double factorial = 1;
            for (int p = 0; p <= order; p++)
            {
                factorial *= Math.Max(p, 1);
                sum += Math.Exp(-2 * gamma) * Math.Pow(2 * gamma, p) / factorial * Math.Pow(cosine, p);
            }

            return sum;
        }
    }

    public static double[] Bilinear(double[][] student, double[][] teacher) =>
        [
            .. student.Select(
                (s, i) => student.Select((other, j) => Dot(s, other) - Dot(teacher[i], teacher[j])).Sum(d => d * d) / student.Length
            ),
        ];

    public static double[] Consecutive(double[][] student, double[][] teacher)
    {
        int b = student.Length;
        double[] rows = new double[b];
        for (int i = 0; i + 1 < b; i++)
        {
            double pair = Minus(student[i], teacher[i])
                .Zip(Minus(student[i + 1], teacher[i + 1]), (x, y) => Math.Abs(x) * Math.Abs(y))
                .Sum();
            rows[i] += pair / 2 * b / (b - 1);
            rows[i + 1] += pair / 2 * b / (b - 1);
        }

        return rows;
    }

    private static double Huber(double a, double b, double delta)
    {
        double d = Math.Abs(a - b);
        return d <= delta ? d * d / 2 : delta * (d - (delta / 2));
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Length(double[] a) => Math.Sqrt(Dot(a, a));

    private static double[] Minus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x - y)];
}
