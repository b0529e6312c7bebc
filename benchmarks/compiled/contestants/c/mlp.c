/* Value and gradient of the scalar MLP 2 -> 16 -> 16 -> 1 with hinge loss, by hand.

   params: of each unit its weights, then its bias. xs: two numbers a sample; ys: labels -1 and 1.
   out: the loss, then the gradient. */
#include <string.h>

enum { IN = 2, HIDDEN = 16, N_PARAMS = HIDDEN * (IN + 1) + HIDDEN * (HIDDEN + 1) + HIDDEN + 1 };

void mlp(long n, const double *params, const double *xs, const double *ys, double *out)
{
    const double *W1 = params, *W2 = W1 + HIDDEN * (IN + 1), *W3 = W2 + HIDDEN * (HIDDEN + 1);
    double grad[N_PARAMS], loss = 0;
    double *G1 = grad, *G2 = G1 + HIDDEN * (IN + 1), *G3 = G2 + HIDDEN * (HIDDEN + 1);
    memset(grad, 0, sizeof grad);
    for (long s = 0; s < n; s++) {
        const double *x = xs + IN * s;
        double h1[HIDDEN], h2[HIDDEN];
        for (int j = 0; j < HIDDEN; j++) {
            const double *w = W1 + (IN + 1) * j;
            double sum = w[2] + w[0] * x[0] + w[1] * x[1];
            h1[j] = sum > 0 ? sum : 0;
        }
        for (int j = 0; j < HIDDEN; j++) {
            const double *w = W2 + (HIDDEN + 1) * j;
            double sum = w[HIDDEN];
            for (int i = 0; i < HIDDEN; i++)
                sum += w[i] * h1[i];
            h2[j] = sum > 0 ? sum : 0;
        }
        double prediction = W3[HIDDEN];
        for (int i = 0; i < HIDDEN; i++)
            prediction += W3[i] * h2[i];
        double hinge = 1 - ys[s] * prediction;
        if (!(hinge > 0))
            continue; /* its gradient is zero */
        loss += hinge;
        double g = -ys[s], g1[HIDDEN], g2[HIDDEN];
        memset(g1, 0, sizeof g1);
        for (int i = 0; i < HIDDEN; i++) {
            G3[i] += g * h2[i];
            g2[i] = h2[i] > 0 ? g * W3[i] : 0;
        }
        G3[HIDDEN] += g;
        for (int j = 0; j < HIDDEN; j++) {
            const double *w = W2 + (HIDDEN + 1) * j;
            double *gw = G2 + (HIDDEN + 1) * j;
            for (int i = 0; i < HIDDEN; i++) {
                gw[i] += g2[j] * h1[i];
                g1[i] += g2[j] * w[i];
            }
            gw[HIDDEN] += g2[j];
        }
        for (int j = 0; j < HIDDEN; j++) {
            double of_unit = h1[j] > 0 ? g1[j] : 0, *gw = G1 + (IN + 1) * j;
            gw[0] += of_unit * x[0];
            gw[1] += of_unit * x[1];
            gw[2] += of_unit;
        }
    }
    out[0] = loss;
    memcpy(out + 1, grad, sizeof grad);
}

/* What a call costs that does nothing. */
void nothing(long n, const double *params, const double *xs, const double *ys, double *out)
{
    (void)n, (void)params, (void)xs, (void)ys, (void)out;
}
